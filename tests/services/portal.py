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
    EnrolClerk,
    FinishSignIn,
    RegisterAdministrator,
    RenewSession,
    ResendSignInCode,
    SignInClerk,
    SignInEmployer,
    SignInPerson,
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
        self.device: str | None = None  # what the browser keeps

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
        """单位管理员注册; from now on this browser is known."""
        facts = {"credit_code": CODE, "password": PASSWORD, "phone": PHONE}
        facts |= {} if "sms_code" in other else {"sms_code": self.last_sms_code()}
        view = self.world.ask(RegisterAdministrator(id=new_id(), **{**facts, **other}))
        self.device = view.device
        return view

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

    def sign_in(self, password: str = PASSWORD, credit_code: str = CODE, **other: Any) -> Any:
        """免数字证书登录, by the second step where it is asked for."""
        return self.finish(self.begin(password, credit_code, **other))

    def begin(self, password: str = PASSWORD, credit_code: str = CODE, **other: Any) -> Any:
        """The first step of 免数字证书登录; `device=None` is a browser that is not known."""
        facts = {"credit_code": credit_code, "password": password, "device": self.device}
        return self.world.ask(SignInEmployer(id=new_id(), **{**facts, **self._picture(other)}))

    def sign_in_person(self, password: str = PASSWORD, id_number: str = ID_NUMBER, **other: Any) -> Any:
        """A person comes in, by the second step where it is asked for."""
        return self.finish(self.begin_person(password, id_number, **other))

    def begin_person(self, password: str = PASSWORD, id_number: str = ID_NUMBER, **other: Any) -> Any:
        """The first step of a person's sign-in."""
        facts = {"id_number": id_number, "password": password}
        return self.world.ask(SignInPerson(id=new_id(), **{**facts, **self._picture(other)}))

    def hire(self) -> None:
        """Make the clerks of a development seed."""
        seed.seed(self.world.job("identity"))

    def sign_in_clerk(self, account: str, password: str = DEVELOPMENT_PASSWORD, **other: Any) -> Any:
        """A clerk comes in with the code of its authenticator: twice within 30 s at most."""
        return self.finish(self.begin_clerk(account, password, **other))

    def begin_clerk(self, account: str, password: str = DEVELOPMENT_PASSWORD, **other: Any) -> Any:
        """The first step of a clerk's sign-in."""
        facts = {"account": account, "password": password}
        return self.world.ask(SignInClerk(id=new_id(), **{**facts, **self._picture(other)}))

    def finish(self, view: Any, code: str | None = None, **other: Any) -> Any:
        """The second step, if there is one: read the authenticator, or the phone."""
        if view.session:
            return view.session
        step = view.second_step
        code = code or step.answer or unseal(self.world.published(SmsCodeIssued)[-1].code)
        return self.world.ask(FinishSignIn(id=new_id(), sign_in_id=step.sign_in_id, code=code, **other))

    def resend(self, view: Any) -> Any:
        """Ask for another code of the second step."""
        return self.world.ask(ResendSignInCode(id=new_id(), sign_in_id=view.second_step.sign_in_id))

    def enrol(self, view: Any, password: str = PASSWORD, code: str | None = None) -> Any:
        """A clerk's first sign-in: an own password and the authenticator."""
        step = view.second_step
        facts = {"sign_in_id": step.sign_in_id, "password": password, "code": code or step.answer}
        return self.world.ask(EnrolClerk(id=new_id(), **facts))

    def renew(self, token: str) -> Any:
        """Stay."""
        return self.world.ask(RenewSession(id=new_id(), token=token))

    def sign_out(self, token: str) -> Any:
        """Leave."""
        return self.world.ask(SignOut(id=new_id(), token=token))

    def _picture(self, other: dict[str, Any]) -> dict[str, Any]:
        """Look at a picture, unless it is said what to do with one."""
        return other if other.keys() & {"picture_id", "picture_code"} else {**self.picture(), **other}

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
