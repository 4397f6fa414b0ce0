"""The ground floor: what every role of Làng Số shares. Imports nothing of ours."""
