"""Unpaired: two domains zipped at random, and the ways in which a data set names them."""

import numpy as np
import pytest
from PIL import Image
from running import prepared_set

from ganzoo.data import Samples, Unpaired, load, read


def numbered(n, first=0):
    """n grey images, each full of its number."""
    return (np.arange(n, dtype="uint8") + first).reshape(-1, 1, 1, 1) * np.ones((4, 4, 1), "uint8")


def rows(array):
    """The numbers in images, as handed out in [-1, 1]."""
    return np.rint((np.asarray(array)[:, 0, 0, 0] + 1) * 127.5).astype(int).tolist()


@pytest.fixture
def pairs():
    return Unpaired(numbered(7), numbered(3, first=100), seed=5)


def test_an_epoch_is_a_pass_over_the_larger_domain(pairs):
    assert len(pairs) == 7
    assert pairs.shape == (4, 4, 1)
    for epoch in range(3):
        a, b = pairs.order(epoch).T
        assert sorted(a) == list(range(7))
        assert sorted(b[:3]) == sorted(b[3:6]) == [0, 1, 2]
    larger_b = Unpaired(numbered(2), numbered(5)).order(0)
    assert sorted(larger_b[:, 1]) == list(range(5))
    assert sorted(larger_b[:2, 0]) == sorted(larger_b[2:4, 0]) == [0, 1]


def test_the_order_is_a_function_of_seed_and_epoch(pairs):
    np.testing.assert_array_equal(pairs.order(3), Unpaired(numbered(7), numbered(3), seed=5).order(3))
    equal = Unpaired(numbered(6), numbered(6))
    orders = [equal.order(epoch) for epoch in range(20)]
    assert len({order.tobytes() for order in orders}) == 20
    assert any(not np.array_equal(a, b) for a, b in (order.T for order in orders))  # the domains are not in step


def test_minibatches_are_those_of_the_order(pairs):
    dataset = pairs.dataset(3)
    for epoch in range(2):
        batches = list(dataset.as_numpy_iterator())
        assert [len(a) for a, _ in batches] == [3, 3, 1]
        drawn = [[row for batch in batches for row in rows(batch[domain])] for domain in range(2)]
        assert drawn[0] == pairs.order(epoch)[:, 0].tolist()
        assert drawn[1] == (pairs.order(epoch)[:, 1] + 100).tolist()
    assert batches[0][0].dtype == np.float32


def test_minibatches_can_be_left_out_at_the_start(pairs):
    whole = [rows(b) for _, b in pairs.dataset(2, first_epoch=1, epochs=3).as_numpy_iterator()]
    rest = [rows(b) for _, b in pairs.dataset(2, first_epoch=1, epochs=3, skip=5).as_numpy_iterator()]
    assert rest == whole[5:]


def test_as_they_lie(pairs):
    ((a, b),) = pairs.dataset(7, shuffle=False).as_numpy_iterator()
    assert (rows(a), rows(b)) == (list(range(7)), [100, 101, 102, 100, 101, 102, 100])
    for indices in (slice(1, 3), [1, 2], np.array([1, 2])):
        a, b = pairs.take(indices)
        assert (rows(a), rows(b)) == ([1, 2], [101, 102])


def test_labels_are_left_out():
    labelled = Samples(numbered(2), np.array([0, 1], np.int32), num_classes=2)
    pairs = Unpaired(labelled, labelled)
    assert len(pairs.arrays) == 2
    assert pairs.num_classes is None


@pytest.mark.parametrize(
    ("b", "message"),
    [
        (
            np.zeros((2, 4, 6, 1)),
            r"of one shape .* a have \(4, 4, 1\), those of b \(4, 6, 1\): give an image_size",
        ),
        (np.zeros((2, 4, 4, 3)), r"those of b \(4, 4, 3\)"),
        (np.zeros((2, 5)), r"those of b \(5,\)"),
        (np.zeros((0, 4, 4, 1)), "no samples"),
        (np.full((2, 4, 4, 1), 7.0), r"must lie in \[-1, 1\]"),
    ],
)
def test_domains_that_do_not_fit(b, message):
    with pytest.raises(ValueError, match=message):
        Unpaired(numbered(3), b)


def test_vectors_are_no_images():
    with pytest.raises(ValueError, match=r"must hold images of one shape"):
        Unpaired(np.zeros((3, 2)), np.zeros((3, 2)))


# --- by name ---------------------------------------------------------------------------------------------------------


def write(folder, count, size=(4, 4)):
    folder.mkdir(parents=True)
    for number in range(count):
        Image.new("RGB", size, (number, 0, 0)).save(folder / f"{number}.png")


@pytest.mark.parametrize("layout", ["trainA", "train/A", "A"])
def test_sub_folders_of_a_folder(tmp_path, layout):
    write(tmp_path / layout, 2)
    write(tmp_path / layout.replace("A", "B"), 3)
    pairs = read(tmp_path, domains=["A", "B"])
    assert [len(array) for array in pairs.arrays] == [2, 3]
    assert isinstance(pairs, Unpaired)


def test_splits_of_a_folder(tmp_path):
    for name, count in (("trainA", 4), ("trainB", 5), ("testA", 1), ("testB", 2)):
        write(tmp_path / name, count)
    assert [len(array) for array in read(tmp_path, "test", domains=("A", "B")).arrays] == [1, 2]
    ((a, b),) = load(tmp_path, domains=("A", "B"), batch_size=8, image_size=8).as_numpy_iterator()
    assert a.shape == b.shape == (5, 8, 8, 3)


def test_two_folders_anywhere(tmp_path):
    write(tmp_path / "here" / "horses", 2)
    write(tmp_path / "there" / "zebras", 3)
    domains = ["horses", str(tmp_path / "there" / "zebras")]
    assert [len(array) for array in read(tmp_path / "here", domains=domains).arrays] == [2, 3]


def test_arrays_of_a_file(tmp_path):
    np.savez(tmp_path / "a.npz", x_trainA=numbered(2), x_trainB=numbered(3))
    assert [len(array) for array in read(tmp_path / "a.npz", domains=["A", "B"]).arrays] == [2, 3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"domains": "AB"}, "domains must be the names of two domains, such as .*; got 'AB'"),
        ({"domains": ["A"]}, r"domains must be .*; got \['A'\]"),
        ({"domains": ["A", 2]}, r"domains must be .*; got \['A', 2\]"),
        ({"domains": 2}, "domains must be .*; got 2"),
        (
            {"domains": ["A", "C"]},
            r"no domain 'C' for split 'train'; '.*trainC' and '.*train/C' and '.*/C' were",
        ),
        ({"domains": ["A", "B"], "split": "val"}, r"no domain 'A' for split 'val'; '.*valA' and '.*val/A' were looked"),
        ({"domains": ["A", "B"]}, r"one shape \(height, width, channels\)"),
        ({"domain": ["A", "B"]}, "no option 'domain', .*did you mean 'domains'"),
    ],
)
def test_bad_domains(tmp_path, arguments, message):
    write(tmp_path / "trainA", 1)
    write(tmp_path / "trainB", 1, size=(6, 4))
    with pytest.raises(ValueError, match=message):
        read(tmp_path, **arguments)


def test_data_without_domains(tmp_path):
    with pytest.raises(ValueError, match="'digits' has no split 'trainA'; its splits are"):
        read("digits", domains=["A", "B"])
    with pytest.raises(ValueError, match="There is no folder"):
        read(tmp_path / "absent", domains=["A", "B"])


def test_facades():
    prepared_set("cycle_gan/facades")
    pairs = read("cycle_gan/facades", "train[:5%]", image_size=32, domains=["A", "B"])
    assert [array.shape for array in pairs.arrays] == [(20, 32, 32, 3)] * 2
    assert [len(array) for array in read("cycle_gan/facades", "test", domains=["A", "B"]).arrays] == [106, 106]
