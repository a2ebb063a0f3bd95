"""What is measured of which model, and what is written down of it."""

import json

import conformance
import keras
import numpy as np
import pytest
from perfect import DIGITS, Real, scores_of

from ganzoo import data, evaluation, metrics, models
from ganzoo.core import FlowModel
from ganzoo.evaluation import sampled
from ganzoo.metrics import features as extractors


@pytest.mark.filterwarnings("ignore:features_:UserWarning")
def test_a_perfect_model_scores_as_the_data_do():
    scores = scores_of(Real(data.read("digits", "test")))
    for kind in ("precision", "recall", "coverage"):
        assert scores[f"{kind}[pixels]"].value > 0.95
    assert scores["frechet[pixels]"].value < scores["frechet[pixels]"].floor
    noise = scores_of(Real(data.Samples(conformance.images(300))))
    assert noise["frechet[pixels]"].value > 20 * scores["frechet[pixels]"].value
    assert noise["precision[pixels]"].value == 0


@pytest.mark.filterwarnings("ignore:features_:UserWarning")
def test_conditional_samples_have_the_labels_of_the_data():
    """Of data that are nine tenths zeros, in the order of their classes, a perfect model makes nine zeros in ten."""

    class Perfect:
        num_classes = 10

        def generate(self, seeds, labels):
            assert np.mean(labels == 0) == pytest.approx(0.9, abs=0.05)
            return zeros.images(labels)

    zeros = data.Samples(conformance.images(10))
    labels = np.sort(np.random.default_rng(0).permutation(1000) % 10 * (np.arange(1000) % 10 == 0))
    train = data.Samples(zeros.images(labels), labels)
    subject = evaluation.Subject(Perfect(), train, lambda: train, extractors.pixels(), n=300)
    (score,) = evaluation.evaluate(subject, ["frechet"])
    assert score.value < 3 * score.floor + 0.05


def test_a_record_says_what_was_measured():
    model = models.GAN.for_vectors(2, width=4)
    model.compile(average=0.9)
    scores = scores_of(model, {"name": "ring", "size": 1000}, seed=2)
    score = scores["wasserstein"]
    assert (score.real, score.fake, score.split, score.seed, score.averaged) == (300, 300, "test", 2, True)
    assert scores["modes"].real is None
    assert scores["modes"].floor == 8
    assert set(score.versions) >= {"ganzoo", "keras", "numpy", "scipy", "scikit-learn"}


def test_a_record_counts_what_was_looked_at(monkeypatch):
    """Of 296 test digits: shares of balls are of as many of each, reconstructions of no sample of the model."""
    monkeypatch.setattr(sampled, "KEPT_IMAGES", 150)
    monkeypatch.setattr(evaluation.families, "NEIGHBORS", 120)
    model = models.VAE.for_images((8, 8, 1), latent_dim=4, width=4)
    scores = scores_of(model, n=400)
    test = len(data.read("digits", "test"))
    assert test < 400
    counts = {name.split("[")[0]: (score.real, score.fake) for name, score in scores.items()}
    assert counts["frechet"] == counts["kernel"] == (test, 400)
    assert counts["precision"] == counts["coverage"] == (test, test)
    assert counts["memorisation"] == (120, 120)
    assert counts["reconstruction_ratio"] == (150, None)


def noise(n, seed):
    return data.Samples(np.random.default_rng(seed).uniform(-1, 1, size=(n, 4, 4, 1)).astype("float32"))


def test_a_perfect_model_scores_as_training_samples_do_whatever_their_numbers():
    """Of 3,000 samples of the model, 300 for training and 200 of the test split, all of one distribution."""
    train, test = noise(300, 0), noise(200, 1)
    subject = evaluation.Subject(Real(noise(3000, 2)), train, lambda: test, extractors.pixels(), n=3000)
    scores = {score.name.split("[")[0]: score for score in evaluation.evaluate(subject)}
    assert (scores["frechet"].real, scores["frechet"].fake) == (200, 300)
    assert scores["frechet"].value == pytest.approx(scores["frechet"].floor, rel=0.2)
    for kind in ("precision", "recall", "density", "coverage"):
        assert (scores[kind].real, scores[kind].fake) == (200, 200)
        assert scores[kind].value == pytest.approx(scores[kind].floor, abs=0.15)
    i = np.arange(1, 6)
    expected = 1 - np.prod((200 - i) / (400 - i))
    assert scores["coverage"].value == pytest.approx(expected, abs=0.025)
    assert scores["coverage"].floor == pytest.approx(expected, abs=0.025)


def test_the_kernel_distance_is_that_of_all_pairs():
    """Blocks of a tenth of the rows scatter several times as much."""
    subject = evaluation.Subject(Real(noise(140, 2)), noise(140, 0), lambda: noise(120, 1), extractors.pixels(), n=140)
    (score,) = evaluation.evaluate(subject, ["kernel"])
    expected = metrics.kernel_distance(subject.fake.features, subject.real.features)
    assert (score.value, score.standard_error) == (expected.value, expected.standard_error)
    assert (score.real, score.fake) == (120, 140)


@pytest.mark.parametrize(("n", "used"), [(1200, 1000), (250, 200), (60, 60)])
def test_the_wasserstein_distance_is_the_mean_of_blocks(monkeypatch, n, used):
    monkeypatch.setattr(evaluation.families, "BLOCK", 100)
    section = {"name": "ring", "size": 5000}
    subject = evaluation.subject_of(Real(data.read(**section)), section, "pixels", n=n)
    (score,) = evaluation.evaluate(subject, ["wasserstein"])
    assert (score.real, score.fake) == (used, used)
    blocks = [slice(first, first + min(used, 100)) for first in range(0, used, 100)]
    real = subject.real.images
    means = [
        metrics.Estimate.of([metrics.wasserstein(one.images[block], real[block]) for block in blocks])
        for one in (subject.fake, subject.floor)
    ]
    assert (score.value, score.floor) == (means[0].value, means[1].value)
    assert score.standard_error == means[0].standard_error


@pytest.mark.filterwarnings("ignore:features_:UserWarning")
def test_scores_of_too_few_samples_are_left_out():
    test, balls = data.read("digits", "test"), ["precision", "recall", "density", "coverage"]
    features = extractors.of_classifier(models.Classifier.for_images((8, 8, 1), width=4), "c")
    for n, lacking in ((2, [*balls, "inception_score"]), (6, ["inception_score"])):
        said = ".*".join(["Left out, as there are too few samples: ", *(rf"{kind}\[c\]" for kind in lacking)])
        with pytest.warns(UserWarning, match=said):
            scores = scores_of(Real(test), features=features, n=n)
        assert {"frechet[c]", "kernel[c]"} <= set(scores)
        assert not {f"{kind}[c]" for kind in lacking} & set(scores)
    assert {f"{kind}[c]" for kind in balls} <= set(scores)
    with pytest.raises(ValueError, match=r"too few samples for recall\[c\] \(5 neighbours take at least 6 rows"):
        scores_of(Real(test), wanted=["recall"], features=features, n=5)


@pytest.mark.filterwarnings("ignore:features_:UserWarning")
def test_scores_of_data_of_one_sample():
    model = models.VAE.for_images((16, 16, 1), latent_dim=4, width=4)
    one = data.Samples(conformance.images(1, shape=(16, 16, 1)))
    subject = evaluation.Subject(model, one, lambda: one, extractors.pixels(), n=20)
    with pytest.warns(UserWarning, match=r"kernel\[pixels\].*; ms_ssim .*; reconstruction_ratio \(.*; got 1\)\.$"):
        scores = {score.name for score in evaluation.evaluate(subject)}
    assert scores == {"frechet[pixels]", "sliced_wasserstein", "memorisation[pixels]"}


def test_nothing_is_computed_that_is_not_asked_for():
    class Never:
        def generate(self, seeds):
            raise AssertionError

        def bits_per_dim(self, samples, seed):
            return np.arange(len(samples))

    subject = evaluation.subject_of(Never(), DIGITS, "pixels", n=50)
    (score,) = evaluation.evaluate(subject, ["bits_per_dim"])
    assert (score.value, score.real, score.fake) == (24.5, 50, None)


def test_the_order_of_the_data_does_not_matter():
    """Data that lie in the order of their classes: blocks and parts of them are as mixed as the samples are."""
    test = data.read("digits", "test")
    images, known = test.take(slice(None))
    ordered = data.Samples(images[np.argsort(known)], np.sort(known))
    for n in (100, 10_000):
        subject = evaluation.Subject(Real(test), ordered, lambda: ordered, extractors.pixels(), n=n)
        assert len(np.unique(subject.held_out(60)[1])) == 10
        first = subject.real.features[:60]
        places = metrics.nearest_neighbors(first, ordered.images(slice(None)).reshape(len(ordered), -1))[1]
        assert len(np.unique(ordered.arrays[1][places])) == 10


def test_of_another_model_the_data_are_not_read_again():
    test = data.read("digits", "test")
    subject = evaluation.Subject(Real(test), test, lambda: test, extractors.pixels(), n=50)
    real, fake = subject.real, subject.fake
    other = subject.of(Real(data.Samples(conformance.images(60))), averaged=True)
    assert other.real is real
    assert other.fake is not fake
    assert (other.averaged, subject.averaged) == (True, False)


def test_features_are_in_the_name_and_the_record():
    classifier = models.Classifier.for_images((8, 8, 1), width=4)
    of = extractors.of_classifier(classifier, "digits-classifier")
    score = scores_of(Real(data.read("digits", "test")), features=of)["frechet[digits-classifier]"]
    assert score.features == {"name": "digits-classifier", "sha256": of.fingerprint, "resizing": "none"}
    other = extractors.of_classifier(models.Classifier.for_images((8, 8, 1), width=4), "digits-classifier")
    assert other.fingerprint != of.fingerprint
    inception = extractors.Features("inception", of.extract, "0")
    assert [inception.score(kind) for kind in ("frechet", "kernel", "recall")] == ["fid", "kid", "recall[inception]"]


@pytest.mark.filterwarnings("ignore:features_:UserWarning")
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("GAN", {"frechet[pixels]", "memorisation[pixels]"}),
        ("RealNVP", {"frechet[pixels]", "bits_per_dim"}),
        ("VAE", {"frechet[pixels]", "reconstruction_ratio"}),
        ("Classifier", {"accuracy"}),
    ],
)
def test_what_fits_a_model(row, expected, monkeypatch):
    monkeypatch.setattr(evaluation.families, "NEIGHBORS", 100)
    row = next(one for one in conformance.ROWS if one.name == row)
    kind = {"num_classes": 10} if row.name == "Classifier" else {}
    model = row.kind.for_images((8, 8, 1), **row.image_sizes, **row.arguments, **kind)
    scores = scores_of(model, n=100)
    assert expected <= set(scores)
    assert ("reconstruction_ratio" in scores) == (row.name == "VAE")
    assert ("bits_per_dim" in scores) == isinstance(model, FlowModel)
    assert all(np.isfinite(score.value) for score in scores.values())


@pytest.mark.filterwarnings("ignore:features_:UserWarning")
def test_label_agreement():
    """A model that gives real digits of the class asked for agrees as the classifier is right."""
    test = data.read("digits", "test")
    images, known = test.take(slice(None))
    classifier = models.Classifier.for_images((8, 8, 1), width=8)
    classifier.compile()
    classifier.fit(data.read("digits"), epochs=3, verbose=0)

    class Conditional:
        num_classes = 10

        def generate_grid(self):
            raise NotImplementedError

        def generate(self, n=None, labels=None, seed=0, seeds=None):
            labels = np.asarray(seeds) % 10 if labels is None else labels
            return np.stack([images[known == label][0] for label in labels])

    subject = evaluation.subject_of(Conditional(), DIGITS, "pixels", n=200)
    subject.classifier = classifier
    score = {one.name: one for one in evaluation.evaluate(subject, ["label_agreement"])}["label_agreement"]
    firsts = np.stack([images[known == label][0] for label in range(10)])
    assert score.value == (classifier.classify(firsts).argmax(axis=1) == range(10)).mean()
    assert score.floor > 0.9


def test_a_classifier_sees_images_of_a_generator_without_a_tanh():
    classifier = models.Classifier.for_images((8, 8, 1), width=2)
    wide = 3 * conformance.images(4)
    found, logits = (
        extractors.of_classifier(classifier, "small")(wide),
        extractors.logits_of_classifier(classifier, wide),
    )
    head = keras.ops.convert_to_numpy(classifier.head(found))
    np.testing.assert_allclose(logits, head, atol=1e-5)
    with pytest.raises(ValueError, match="made for"):
        extractors.of_classifier(classifier, "small")(conformance.images(4, shape=(16, 16, 1)))


def test_translations():
    row = next(one for one in conformance.ROWS if one.name == "CycleGAN")
    model = row.for_images()
    pairs = data.Unpaired(*row.data())
    subject = evaluation.Subject(model, pairs, lambda: pairs, extractors.pixels())
    scores = {score.name: score for score in evaluation.evaluate(subject)}
    assert set(scores) == {f"kernel[pixels] to {to}" for to in "ab"} | {f"cycle_ratio from {a}" for a in "ab"}
    assert scores["kernel[pixels] to b"].value > scores["kernel[pixels] to b"].floor


def test_unknown_scores_and_features():
    with pytest.raises(ValueError, match=r"'wasserstien' does not fit a GAN.*did you mean 'wasserstein'"):
        scores_of(models.GAN.for_vectors(2, width=4), {"name": "ring"}, ["wasserstien"])
    for features, sentence in (("nothing", "no preset 'nothing'"), ("inception.pb", r"no file 'inception\.pb'")):
        with pytest.raises(ValueError, match=f"There is {sentence}"):
            evaluation.subject_of(None, DIGITS, features)


def test_a_score_that_is_not_finite(tmp_path):
    evaluation.write([evaluation.Score("modes", float("nan"))], tmp_path / "scores.json")
    (again,) = evaluation.read(tmp_path / "scores.json")
    assert str(again) == "not finite"
    assert again.real_against_real == ""


def test_scores_are_written_and_read(tmp_path):
    scores = [evaluation.Score("fid", 12.5, 0.1, versions={"keras": "3"}), evaluation.Score("kid", float("nan"))]
    evaluation.write(scores, tmp_path / "scores.json", model="m")
    again = evaluation.read(tmp_path / "scores.json")
    assert again[0] == scores[0]
    assert again[1].value is None
    assert json.loads((tmp_path / "scores.json").read_text())["model"] == "m"
    (tmp_path / "scores.json").write_text("[]")
    with pytest.raises(ValueError, match="holds no scores"):
        evaluation.read(tmp_path / "scores.json")


def test_data_without_a_test_split_will_do_where_it_is_not_asked_for(tmp_path):
    np.savez(tmp_path / "a.npz", x_train=np.zeros((20, 8, 8, 1), "uint8"))
    subject = evaluation.subject_of(models.GAN.for_images((8, 8, 1), width=4), {"name": str(tmp_path / "a.npz")}, n=20)
    assert subject.drawn().n == subject.floor.n == 20
    with pytest.raises(ValueError, match="test"):
        evaluation.evaluate(subject)


def test_a_classifier_of_other_sizes_is_no_judge(monkeypatch):
    from ganzoo import presets

    judge = models.Classifier.for_images((16, 16, 1), width=4)
    monkeypatch.setattr(presets, "within_reach", lambda name: True)
    monkeypatch.setattr(presets, "from_preset", lambda name: judge)
    subject = evaluation.subject_of(Real(data.read("digits", "test")), DIGITS)
    assert subject.classifier is None
    assert subject.features.name == "pixels"
