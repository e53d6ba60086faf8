"""Steps that people take at the portal, for the tests of identity."""

from typing import Any

import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.sealing import unseal
from services.contracts.identity.accounts import RegisterEmployer, RequestSmsCode
from services.contracts.identity.credit_codes import EnterMaintenance
from services.contracts.identity.sessions import (
    RegisterAdministrator,
    RenewSession,
    SignInClerk,
    SignInEmployer,
    SignOut,
)
from services.contracts.identity.verification import IssuePictureCode, SmsCodeIssued
from services.identity import seed
from services.identity.settings import Settings
from tests.people import CODE, RECEPTION

UNIT_NO, UNIT_NAME = "410181000327", "巩义市恒远精密制造有限公司"
HANDLER, PHONE = "张敏", "19903700001"
PASSWORD = "Song-Shan-2023"
DEVELOPMENT_PASSWORD = Settings.model_fields["development_password"].default.get_secret_value()


class Portal:
    """The doors of identity, with the manual's employer filled in where nothing else is said."""

    def __init__(self, world: Any) -> None:
        self.world = world

    def maintain(self, by: Any = RECEPTION, **other: Any) -> Any:
        """The hall enters a maintenance."""
        facts = {"credit_code": CODE, "unit_no": UNIT_NO, "unit_name": UNIT_NAME}
        facts |= {"handler_name": HANDLER, "handler_phone": PHONE}
        return self.world.ask(EnterMaintenance(id=new_id(), **{**facts, **other}), by=by)

    def register(self, **other: Any) -> Any:
        """开通单位网上服务."""
        facts = {"credit_code": CODE, "unit_name": UNIT_NAME, "phone": PHONE, "agreement": "2023-01"}
        return self.world.ask(RegisterEmployer(id=new_id(), **{**facts, **other}))

    def request_sms_code(self, **other: Any) -> Any:
        """获取验证码."""
        facts = {"purpose": "register_administrator", "credit_code": CODE, "phone": PHONE}
        return self.world.ask(RequestSmsCode(id=new_id(), **{**facts, **other}))

    def last_sms_code(self) -> str:
        """Read the latest code on the handler's phone."""
        issued = self.world.published(SmsCodeIssued)[-1]
        assert unseal(issued.phone) == PHONE
        return unseal(issued.code)

    def register_administrator(self, **other: Any) -> Any:
        """单位管理员注册."""
        facts = {"credit_code": CODE, "password": PASSWORD, "phone": PHONE}
        facts |= {} if "sms_code" in other else {"sms_code": self.last_sms_code()}
        return self.world.ask(RegisterAdministrator(id=new_id(), **{**facts, **other}))

    def open(self) -> Any:
        """All the way from the hall to the first session."""
        self.maintain()
        self.register()
        self.request_sms_code()
        return self.register_administrator()

    def picture(self) -> dict[str, Any]:
        """Look at a picture code."""
        view = self.world.ask(IssuePictureCode(id=new_id()))
        return {"picture_id": view.picture_id, "picture_code": view.answer}

    def sign_in(self, password: str = PASSWORD, credit_code: str = CODE, **picture: Any) -> Any:
        """免数字证书登录."""
        command = SignInEmployer(
            id=new_id(), credit_code=credit_code, password=password, **{**self.picture(), **picture}
        )
        return self.world.ask(command)

    def hire(self) -> None:
        """Make the clerks of a development seed."""
        seed.seed(self.world.job("identity"))

    def sign_in_clerk(self, account: str, password: str = DEVELOPMENT_PASSWORD, **picture: Any) -> Any:
        """A clerk comes in."""
        command = SignInClerk(
            id=new_id(), account=account, password=password, **{**self.picture(), **picture}
        )
        return self.world.ask(command)

    def renew(self, token: str) -> Any:
        """Stay."""
        return self.world.ask(RenewSession(id=new_id(), token=token))

    def sign_out(self, token: str) -> Any:
        """Leave."""
        return self.world.ask(SignOut(id=new_id(), token=token))

    def change(self, table: sa.Table, **values: Any) -> None:
        """Change rows as an operator would."""
        with self.world.database("identity").write() as connection:
            connection.execute(table.update().values(values))
