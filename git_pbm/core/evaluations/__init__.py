"""What games show about models: evaluations, the statistics of their scores, the gate's verdict and the ladder."""
