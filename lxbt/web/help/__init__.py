"""Pages of the guide: what helps here, finding, one topic, its pictures."""
