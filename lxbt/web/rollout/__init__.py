"""Going live: the nation's board, an area and its counties, the plan and what changing it would do."""
