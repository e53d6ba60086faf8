"""Steps that people take at the portal, for the tests of identity."""

from typing import Any

import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.sealing import unseal
from services.contracts.identity.accounts import ChangeHandler, RegisterEmployer, RequestSmsCode
from services.contracts.identity.credit_codes import (
    AcceptMaintenance,
    DeclareMaintenance,
    EnterMaintenance,
    RefuseMaintenance,
)
from services.contracts.identity.persons import ChangePersonPhone, RegisterPerson, RequestPersonCode
from services.contracts.identity.sessions import (
    RegisterAdministrator,
    RenewSession,
    SignInClerk,
    SignInEmployer,
    SignOut,
)
from services.contracts.identity.verification import IssuePictureCode, SmsCodeIssued
from services.contracts.values import Actor
from services.identity import seed
from services.identity.persons import views as person_views
from services.identity.settings import Settings
from tests.people import CODE, RECEPTION

UNIT_NO, UNIT_NAME = "410181000327", "巩义市恒远精密制造有限公司"
HANDLER, PHONE = "张敏", "19903700001"
PASSWORD = "Song-Shan-2023"
ID_NUMBER, FULL_NAME, OWN_PHONE = "11010519491231002X", "王喆", "13900000001"
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

    def request_sms_code(self, by: Any = None, **other: Any) -> Any:
        """获取验证码."""
        facts = {"purpose": "register_administrator", "credit_code": CODE, "phone": PHONE}
        return self.world.ask(RequestSmsCode(id=new_id(), **{**facts, **other}), by=by)

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

    def step(self, function: Any, *arguments: Any) -> Any:
        """What a later room does within its own unit of work."""
        with self.world.job("identity").unit_of_work() as uow:
            return function(uow, *arguments)

    def last_code(self, phone: str) -> str:
        """Read the latest code on a phone."""
        issued = [event for event in self.world.published(SmsCodeIssued) if unseal(event.phone) == phone]
        return unseal(issued[-1].code)

    def request_person_code(self, by: Any = None, **other: Any) -> Any:
        """个人网厅: 获取验证码."""
        facts = {"purpose": "register_person", "id_number": ID_NUMBER, "phone": OWN_PHONE}
        return self.world.ask(RequestPersonCode(id=new_id(), **{**facts, **other}), by=by)

    def register_person(self, **other: Any) -> Any:
        """个人网厅注册, with the latest code on the phone."""
        facts = {"id_number": ID_NUMBER, "full_name": FULL_NAME, "phone": OWN_PHONE, "password": PASSWORD}
        facts |= {"agreement": "2023-02", **other}
        facts |= {} if "sms_code" in other else {"sms_code": self.last_code(facts["phone"])}
        return self.world.ask(RegisterPerson(id=new_id(), **facts))

    def person(self, id_number: str = ID_NUMBER, **other: Any) -> Actor:
        """A person who has registered, as it acts after signing in."""
        self.request_person_code(id_number=id_number, **other)
        self.register_person(id_number=id_number, **other)
        account = self.step(person_views.find_account, id_number)
        return self.step(person_views.find_actor, account)

    def change_person_phone(self, by: Actor, phone: str, **other: Any) -> Any:
        """更换手机号."""
        facts = {"phone": phone, "password": PASSWORD, **other}
        facts |= {} if "sms_code" in other else {"sms_code": self.last_code(phone)}
        return self.world.ask(ChangePersonPhone(id=new_id(), **facts), by=by)

    def declare(self, by: Actor, **other: Any) -> Any:
        """维护社会统一信用代码申报."""
        facts = {"credit_code": CODE, "unit_no": UNIT_NO, "unit_name": UNIT_NAME}
        facts |= {"handler_name": HANDLER, "handler_phone": PHONE}
        return self.world.ask(DeclareMaintenance(id=new_id(), **{**facts, **other}), by=by)

    def accept(self, declared: Any, by: Any = RECEPTION) -> Any:
        """业务大厅受理岗办理."""
        return self.world.ask(AcceptMaintenance(id=new_id(), maintenance_id=declared.maintenance_id), by=by)

    def refuse(self, declared: Any, reason: str = "与登记不符", by: Any = RECEPTION) -> Any:
        """The reception post says no."""
        command = RefuseMaintenance(id=new_id(), maintenance_id=declared.maintenance_id, reason=reason)
        return self.world.ask(command, by=by)

    def change_handler(self, by: Any, phone: str, **other: Any) -> Any:
        """经办人变更, with the latest code on the new handler's phone."""
        facts = {"handler_name": "李静", "phone": phone, **other}
        facts |= {} if "sms_code" in other else {"sms_code": self.last_code(phone)}
        return self.world.ask(ChangeHandler(id=new_id(), **facts), by=by)
