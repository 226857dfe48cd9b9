"""Programs that play the other side of a line: the Federation, a bank, list providers, a province."""
