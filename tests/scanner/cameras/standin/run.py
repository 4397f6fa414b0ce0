"""`python run.py PROGRAM ARGUMENTS`: the program finds as picamera2 the stand-in beside this file."""

import runpy
import sys
from pathlib import Path

program = sys.argv[1]
del sys.argv[0]
sys.path.insert(0, str(Path(__file__).parent))
runpy.run_path(program, run_name="__main__")
