"""`langso scan`: finds pages in pictures, makes PDFs of them, reads codes in them."""

from __future__ import annotations

import click

from scanner.commands.camera import camera
from scanner.commands.page import page
from scanner.commands.pdf import pdf
from scanner.commands.read import read
from scanner.commands.watch import watch


@click.group()
def scan() -> None:
    """The group `langso scan`."""


scan.add_command(page)
scan.add_command(read)
scan.add_command(pdf)
scan.add_command(watch)
scan.add_command(camera)
