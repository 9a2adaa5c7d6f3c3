"""What the API and the workers both need. Imports neither of them."""
