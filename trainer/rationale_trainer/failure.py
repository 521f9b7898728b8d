"""What ends a run for a reason that the user can do something about."""


class Unusable(Exception):
    """Nothing was started: the run folder, the models or this machine cannot be used. One sentence."""


class FamilyError(Unusable):
    """A model or an example that cannot be used. One sentence."""


class Stopped(BaseException):
    """Someone asked to stop before the first step."""


class Cut(Exception):
    """Someone asked to stop in the middle of what can be done again."""


class Failed(Exception):
    """The run broke off. `way_on` says what to do; the checkpoint that is named there is whole."""

    def __init__(self, message: str, way_on: str):
        super().__init__(message)
        self.way_on = way_on
