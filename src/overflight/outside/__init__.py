"""Where the package meets the world: files, texts, signals; bounded coming in, escaped going out."""
