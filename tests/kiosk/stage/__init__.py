"""What the kiosk's tests act with: a commune, an office's door, papers. `import stage` works in every test of this
folder (its conftest puts it on sys.path) and in a bench run as `python tests/kiosk/bench_x.py`.
"""
