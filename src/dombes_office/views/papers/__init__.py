"""Documents on any page: files brought and opened in the isolated reader, drawn page by page, looked at."""
