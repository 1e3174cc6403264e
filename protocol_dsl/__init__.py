"""A language in which phase I trials are written, checked, screened, decided and explained."""
