"""Who stands in while somebody is away."""
