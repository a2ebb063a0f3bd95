"""Labels: what networks are given of them, and what is said about bad ones."""

import keras
import numpy as np
import pytest

from ganzoo.core.labels import as_vectors, check_kind, checked, parsed


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_classes_become_one_hot(dtype):
    vectors = as_vectors(np.array([2, 0], dtype), 3)
    assert keras.backend.standardize_dtype(vectors.dtype) == "float32"
    np.testing.assert_array_equal(vectors, [[0, 0, 1], [1, 0, 0]])


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "float64"])
def test_attributes_stay_as_they_are(dtype):
    vectors = as_vectors(np.array([[1, 0, 1], [0, 0, 0]], dtype), 3)
    assert keras.backend.standardize_dtype(vectors.dtype) == "float32"
    np.testing.assert_array_equal(vectors, [[1, 0, 1], [0, 0, 0]])


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([0, 3], "labels must lie between 0 and 2, and one is 3; repair it, or make the model with a higher "),
        ([0, -1], "labels must lie between 0 and 2, and one is -1; "),
        ([[0, 1, 2], [0, 0, 0]], "labels of attributes must be 0 or 1, and one is 2; give 1 for an attribute that "),
        ([[0, 1, np.nan], [0, 0, 0]], "labels of attributes must be 0 or 1, and one is nan; "),
        ([0], "labels must be one for each row; got 1 labels for 2 rows."),
        (
            [0.0, 1.0],
            "labels must be integers of shape (n,), or multi-hot of shape (n, 3); got float64 of shape (2,): ",
        ),
        ([[0], [1]], "got int64 of shape (2, 1): give labels[:, 0]."),
        ([[0, 1], [1, 1]], "got int64 of shape (2, 2): make the model with num_classes=2."),
        (1, "got int64 of shape (): give one label, or one row of attributes, a sample."),
        ([[[1]], [[1]]], "got int64 of shape (2, 1, 1): give one label, "),
    ],
)
def test_bad_labels(labels, sentence):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the sentence is looked at
        checked(labels, 3, rows=2)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_good_labels_are_given_back():
    for labels in ([0, 2], [[1, 1, 0], [0, 0, 0]]):
        np.testing.assert_array_equal(checked(labels, 3, rows=2), labels)


def test_the_kind_of_a_specification():
    check_kind(keras.KerasTensor((None,), "int32"), 3)
    check_kind(keras.KerasTensor((None, 3), "float32"), 3)
    with pytest.raises(ValueError, match="labels must be integers"):
        check_kind(keras.KerasTensor((None, 2), "float32"), 3)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("3", [3]),
        ("3,3", [3, 3]),
        (" 3, 1", [3, 1]),
        ("0+2", [[1, 0, 1, 0]]),
        ("0+2,3", [[1, 0, 1, 0], [0, 0, 0, 1]]),
    ],
)
def test_labels_of_a_command_line(text, labels):
    np.testing.assert_array_equal(parsed(text, 4), labels)


@pytest.mark.parametrize("text", ["", "three", "3,", "1.5", "0+", "0 2"])
def test_no_labels(text):
    with pytest.raises(ValueError, match="labels are integers, such as 3,3, or attributes joined by a plus, such as 0"):
        parsed(text, 4)


def test_an_attribute_that_there_is_not():
    for text in ("0+4", "0+-1"):
        with pytest.raises(ValueError, match="labels must lie between 0 and 3, and one is"):
            parsed(text, 4)
