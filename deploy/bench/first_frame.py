"""How long a kiosk takes from its start to its first frame, drawn without a screen.

`python -m deploy.bench.first_frame FOLDER`; the folder is for the files that a kiosk keeps.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(folder: Path) -> int:
    """Shows the page of a kiosk that is not paired yet; ends with the first frame."""
    from kiosk.shell.environment import prepare_kivy
    from langso.settings.reading import parse_settings

    settings = parse_settings(
        '[commune]\ncode = "do-toc-do"\nname = "Do toc do"\n[device]\nid = "may-do"\nrole = "kiosk"\n'
        f'[paths]\nstate = "{folder}"\nrun = "{folder / "run"}"\n'.encode()
    )
    prepare_kivy(settings.kiosk, offscreen=True)
    from kivy.core.window import Window

    from kiosk.shell.unpaired import WaitingKiosk

    app = WaitingKiosk(settings)
    Window.bind(on_flip=lambda *_: app.leave())
    app.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
