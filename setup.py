"""What is packed: every folder of the program, its door under the distribution's own name, the scenarios beside it."""

from setuptools import find_packages, setup

setup(packages=["aislefour", "aislefour.shipped", *find_packages(include=["simulation", "simulation.*"])])
