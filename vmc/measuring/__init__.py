"""What walkers do and give: |psi|^2 as their target, the local energy, the compiled loop, the walkers of all ranks."""
