"""The devices: paired, certified, heard."""
