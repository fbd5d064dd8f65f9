"""Statistics that know no shop: arrays and sufficient statistics in, frozen answers or a ``Refusal`` out. One method a file."""
