"""What `ganzoo train` does about a training that failed: back to where it was healthy, with lower learning rates.

The epochs after that are trained again, over the same minibatches in the same order; the lower rates alone make the
difference. Only ends of epochs are gone back to, as a run that was interrupted has them at the same places.
"""

from ganzoo.checkpoints import Position, write
from ganzoo.core.rates import lower_learning_rates
from ganzoo.health import TrainingFailed


def roll_back(run, failed, health, settings, fresh, say):
    """Makes the last healthy checkpoint the run's newest, with all learning rates multiplied, and says so.

    What lies after it is removed before the lowered rates are written: a run that is killed in between fails once more
    in the same way, and is then rolled back as this one.

    Args:
        run: the `Run`; its checkpoints after the last healthy one are removed.
        failed: the `TrainingFailed`, whose record is completed by what was done.
        health: the `HealthMonitor` that raised it.
        settings: the config's `Health`.
        fresh: function that gives the model as it was before the first round.
        say: function that is given one sentence.

    Raises:
        TrainingFailed: the config wants a stop, or has no roll-back left, or going back cannot help. The run is left at
            its last healthy checkpoint where there is one.
    """
    failure, count = failed.failure, sum("back_to_epoch" in failure for failure in health.failures)
    wanted = settings.on_failure == "roll_back" and failure["symptom"] != "Data"
    if not wanted or count == settings.roll_backs:
        tried = f" It has been rolled back {count} times." if wanted else ""
        raise TrainingFailed(failure, f"{tried}{_left(run, health.refuge)}")
    healthy = Position(health.refuge or 0)
    run.clean(healthy)
    position, model, memory = run.newest() or (healthy, fresh(), {})
    lower_learning_rates(model, settings.learning_rate_factor)
    failure["back_to_epoch"] = position.epochs
    failure["action"] = f"rolled back to {position}, all learning rates times {settings.learning_rate_factor:g}"
    write(model, run.checkpoint_folder / position.file_name, (memory or {}) | {"failures": health.failures})
    say(f"{failed} {failure['action'].capitalize()} ({count + 1} of at most {settings.roll_backs} times).")


def _left(run, refuge):
    if refuge is None:
        return " No checkpoint is known to be healthy."
    run.clean(Position(refuge))
    return f" The run is left at its last healthy checkpoint, {Position(refuge)}."
