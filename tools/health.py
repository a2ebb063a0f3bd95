"""How far the shipped configs stay from what the health monitor calls a failure.

    python tools/health.py                              every shipped config, whole
    python tools/health.py dcgan_mnist --rounds 300     its first rounds
    python tools/health.py gan_ring --set training.seed=1

Prints the rows of a Markdown table as they come: for each symptom the highest severity in any look (it shows from 1
on), and for how many of the rounds that make a failure it lasted; then the share of the time that the looks took, but
for the first, which traces a graph.
"""

from ganzoo import catalog, config  # isort: skip  before TensorFlow, which it makes fast
import argparse
import time

import keras

from ganzoo.build import build
from ganzoo.health import HealthMonitor

COLUMNS = ("config", "rounds", "exploding", "saturated", "collapsing", "failures", "time of the looks")


class Measured(HealthMonitor):
    """A monitor that writes down how near each symptom came."""

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.seconds, self.highest, self.longest = [], {}, {}
        for symptom in self.symptoms:
            self._measure(symptom)

    def _measure(self, symptom):
        name, severity = type(symptom).__name__, symptom.severity

        def measured(sight):
            value, seen = severity(sight)
            self.highest[name] = max(value, self.highest.get(name, 0.0))
            self.longest[name] = max(symptom.lasting + sight.rounds if value >= 1 else 0, self.longest.get(name, 0))
            return value, seen

        symptom.severity = measured

    def _look(self, logs):
        start = time.perf_counter()
        super()._look(logs)
        self.seconds.append(time.perf_counter() - start)

    def cells(self, name):
        return f"{self.highest[name]:.2g}, {self.longest[name]} of {self.patience}"


def row(settings, name, rounds):
    """Trains one config, or its first rounds."""
    model, samples, complete = build(settings, name)
    monitor = Measured(samples, on_failure="warn")
    times = []
    clock = keras.callbacks.LambdaCallback(on_train_begin=lambda logs: times.append(time.perf_counter()))
    first_rounds = {"epochs": 1, "steps_per_epoch": rounds} if rounds else {}
    model.fit(samples, **(complete.training.for_fit | first_rounds), verbose=0, callbacks=[clock, monitor])
    share = sum(monitor.seconds[1:]) / (time.perf_counter() - times[0])
    done = int(list(model.optimizers.values())[-1].iterations)  # the last player moves once a round
    severities = [monitor.cells(name) for name in ("Exploding", "Saturated", "Collapsing")]
    return " | ".join(
        ["", name, str(done), *severities, str(len(monitor.failures)), f"{100 * share:.1f} %", ""]
    ).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("configs", nargs="*", default=list(catalog.shipped()))
    parser.add_argument("--rounds", type=int, help="of each, in place of all")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}")
    for name in arguments.configs:
        print(row(config.read(name, arguments.set), name, arguments.rounds), flush=True)


if __name__ == "__main__":
    main()
