"""What may be done to a shop: a closed set of kinds of action (``catalogue``), and the guards of law and policy before each."""
