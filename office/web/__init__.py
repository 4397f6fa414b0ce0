"""The office's web server: pages and the HTTP doors of devices."""
