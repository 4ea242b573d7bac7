"""People, units and posts: what one may see of them, files in and out, the checks of the whole."""
