"""Pure questions of going live: the plan and its terms, how far, which state and why."""
