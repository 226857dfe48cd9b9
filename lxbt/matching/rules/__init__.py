"""What is compared, how a suspicion goes, what may come of it. Pure."""
