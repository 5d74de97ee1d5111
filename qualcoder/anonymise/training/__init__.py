"""Training of the statistical models: `qualcoder anonymise train`. Nothing here runs when texts are read."""
