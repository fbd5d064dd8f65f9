"""The steps, in the order of their names: ``v0001_…`` first."""
