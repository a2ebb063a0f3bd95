"""What the data sets may be used for, as far as those who made them say; weights are released under the same terms."""

COMPUTED = "none needed: the data are computed"
LICENCES = {
    "ring": COMPUTED,
    "grid": COMPUTED,
    "two_moons": COMPUTED,
    "swiss_roll": COMPUTED,
    "digits": "CC BY 4.0",
    "mnist": "CC BY-SA 3.0",
    "color_mnist": "CC BY-SA 3.0",
    "fashion_mnist": "MIT",
    "cifar10": "none stated",
    "cycle_gan/horse2zebra": "images of ImageNet: for non-commercial research and education only",
    "cycle_gan/facades": "none stated; collected for research",
}
