"""Every check of the conformance suite on every model of its table."""

import pathlib

import conformance
import pytest
from conformance import GENERATORS, LABELLED, ROWS, TRANSLATORS

from ganzoo import models

FIXTURES = pathlib.Path(__file__).parent / "fixtures"

every_model = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
every_generator = pytest.mark.parametrize("row", GENERATORS, ids=lambda row: row.name)
# Deep networks take seconds to trace: beside a first training and what needs none, they have the checks in
# `make test-slow`.
every_model_in_time = pytest.mark.parametrize("row", conformance.in_time(ROWS), ids=lambda row: row.name)
every_generator_in_time = pytest.mark.parametrize("row", conformance.in_time(GENERATORS), ids=lambda row: row.name)
every_labelled = pytest.mark.parametrize("row", LABELLED, ids=lambda row: row.name)
every_labelled_in_time = pytest.mark.parametrize("row", conformance.in_time(LABELLED), ids=lambda row: row.name)
every_encoder = pytest.mark.parametrize("row", conformance.ENCODERS, ids=lambda row: row.name)
every_translator = pytest.mark.parametrize("row", TRANSLATORS, ids=lambda row: row.name)


def test_every_model_has_a_row():
    assert {row.name for row in ROWS} == set(models.__all__)
    assert {row.name for row in [*GENERATORS, *TRANSLATORS]} == set(models.__all__) - {"Classifier"}


@every_model
def test_config_round_trip(row):
    conformance.check_config_round_trip(row)


@every_model
def test_fit_images(row):
    conformance.check_fit(row, row.for_images(), row.data())


@every_generator
def test_fit_vectors(row):
    conformance.check_fit(row, row.for_vectors(), row.vectors())


@every_model_in_time
def test_turns(row):
    conformance.check_turns(row)


@every_model_in_time
def test_save_and_go_on(row, tmp_path):
    conformance.check_save_and_go_on(row, tmp_path / "model.keras")


@every_generator_in_time
def test_labels(row):
    conformance.check_labels(row)


@every_generator
def test_seeded_generation_of_images(row):
    conformance.check_seeded_generation(row, row.for_images())


@every_generator
def test_seeded_generation_of_vectors(row):
    conformance.check_seeded_generation(row, row.for_vectors())


@every_labelled_in_time
def test_conditioning_of_images(row):
    conformance.check_conditioning(row, row.for_images(), row.data())


@every_labelled
def test_conditioning_of_vectors(row):
    conformance.check_conditioning(row, row.for_vectors(), row.vectors())


@every_labelled_in_time
def test_attributes(row):
    conformance.check_attributes(row)


@every_encoder
def test_encoding_of_images(row):
    conformance.check_encoding(row, row.for_images(), conformance.images(5))


@every_encoder
def test_encoding_of_vectors(row):
    conformance.check_encoding(row, row.for_vectors(), conformance.vectors(5))


@every_model
def test_refusal(row):
    conformance.check_refusal(row)


@every_translator
def test_translation(row):
    conformance.check_translation(row)


@every_model_in_time
def test_evaluation_changes_nothing(row):
    conformance.check_evaluation_changes_nothing(row)


@every_model_in_time
def test_average(row):
    conformance.check_average(row)


@pytest.mark.parametrize("dtype", ["bfloat16", pytest.param("float16", marks=pytest.mark.slow)])
@every_model_in_time
def test_mixed_precision(row, dtype):
    conformance.check_mixed_precision(row, dtype)


@every_model
def test_fixture(row):
    conformance.check_fixture(row, FIXTURES)


@every_model
def test_summary_names_the_networks(row, capsys):
    model = row.for_images()
    model.summary()
    said = capsys.readouterr().out
    assert model.layers
    assert all(network.name in said for network in model.layers)
