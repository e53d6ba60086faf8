"""The benchmark of what-if runs, on a few units; how fast is for a quiet machine to say."""

from tests.benchmarks.what_if import CHUNK, make_units, measure


def test_it_measures_everything():
    found = measure(CHUNK + 500)
    assert found["units"] == CHUNK + 500
    assert {"first_question_ms", "floor_ms", "compute_ms", "question_ms", "page_ms", "memory_mb"} <= set(
        found
    )
    assert all(value >= 0 for value in found.values())


def test_its_units_are_the_same_each_time_and_all_differ():
    first, again = make_units(0, 3000), make_units(0, 3000)
    assert first.equals(again) and first["unit_no"].n_unique() == 3000
    assert 0 < first["size_class"].null_count() < 300
