"""What may be done to a shop: a closed set of kinds of action, and the guards of law and policy before every one of them."""
