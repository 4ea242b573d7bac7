"""The conformance suites: the DMN Technology Compatibility Kit."""
