"""The properties every design is held against: one file each, exposing its `claim`."""
