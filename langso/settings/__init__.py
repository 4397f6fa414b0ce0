"""The one TOML file, typed, every mistake reported at once; and where things live on a machine."""
