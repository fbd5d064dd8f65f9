"""Where metrics meet the engine: query, frames, expectation, explanation."""
