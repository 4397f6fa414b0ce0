"""What villagers bring, drawn and photographed by seed: papers, cards, screens, and the camera above them.

`import scenes` works in every test below tests/scanner (their conftest puts that folder on sys.path) and in a bench
run as `python tests/scanner/bench_x.py` (Python itself does). From elsewhere: put tests/scanner on sys.path first.

    shot = scenes.sample("form", "typical", seed)      # Photograph: .image (BGR), .sheets, .codes, .conditions
    for shot in scenes.live("phone", "hard", seed, seconds=2, fps=10): ...

Everything comes from a numpy Generator: the same seed gives the same pixels. No photographs, no files of others
but the fonts of the system and Be Vietnam Pro. All people are called "Nguyễn Văn A" or made up from bare given names.
"""

from scenes.camera import Conditions, Photograph, frames, shoot
from scenes.model import PrintedCode, Scene, Sheet, lay
from scenes.samples import KINDS, SEVERITIES, conditions_of, live, sample, scene_of

__all__ = [
    "KINDS",
    "SEVERITIES",
    "Conditions",
    "Photograph",
    "PrintedCode",
    "Scene",
    "Sheet",
    "conditions_of",
    "frames",
    "lay",
    "live",
    "sample",
    "scene_of",
    "shoot",
]
