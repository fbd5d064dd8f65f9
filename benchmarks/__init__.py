"""Speed and memory beside a peer's, as ratios."""
