"""Speed as ratios, each in one run: `./test bench`, or `./test bench queue` for one."""
