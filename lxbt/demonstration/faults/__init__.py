"""Faults planted into a demonstration, so that comparing can be judged: what was planted is told in a file, in no
table.
"""

from lxbt.demonstration.faults.planting import Planted, plant_faults, write_truth

__all__ = ["Planted", "plant_faults", "write_truth"]
