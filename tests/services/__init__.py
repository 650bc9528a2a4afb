"""Public data services as the workflow meets them, in one small server: real shapes, small content, faults on demand.

Each module beside this one with a function `answer` is a service, found below `/<name of the module>`, its
underscores turned into dashes.
"""
