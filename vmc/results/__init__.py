"""What is said of a run afterwards: estimates, remarks, references, comparisons."""
