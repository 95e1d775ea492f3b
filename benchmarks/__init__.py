"""Speed and memory, as ratios against plain Python in the same run."""
