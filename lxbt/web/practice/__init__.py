"""Pages of practice: choosing an exercise, doing it, having it checked, who is trained."""
