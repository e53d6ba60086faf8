"""Picture codes and SMS codes."""

from flask import Response

from gateway.api.messages import body_of, command, reply, room
from gateway.bus import ask
from services.contracts.identity.accounts import RequestSmsCode
from services.contracts.identity.verification import IssuePictureCode, PictureCodeView, SmsCodeView

api = room("verification")

IssuePictureCodeBody = body_of(IssuePictureCode)
RequestSmsCodeBody = body_of(RequestSmsCode)


@api.post("/picture-codes", responses={201: PictureCodeView})
def issue_picture_code(body: IssuePictureCodeBody) -> Response:
    """Make a picture code. In development the answer comes along, for scripts that cannot see."""
    view = ask(command(IssuePictureCode, body))
    response = reply(view, 201)
    if view.answer is not None:
        response.headers["X-Development-Answer"] = view.answer
    return response


@api.post("/sms-codes", responses={202: SmsCodeView})
def request_sms_code(body: RequestSmsCodeBody) -> Response:
    """Send a code to the handler's phone; the answer never tells whether account and phone fit."""
    return reply(ask(command(RequestSmsCode, body)), 202)
