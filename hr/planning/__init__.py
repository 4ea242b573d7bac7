"""Performance plans (SKP): what a person is to achieve, and what was realised."""
