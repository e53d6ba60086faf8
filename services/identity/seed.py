"""Clerks for development: one for each post of the province, and one who holds both posts of an approval: not
even that one may check its own batch. In production nobody is made."""

from services.chassis.unit_of_work import Job
from services.contracts.values import Post
from services.identity.clerks import steps, store

PROVINCE = "410000"
DEVELOPMENT_CLERKS = (
    ("li.approver", "李建国", {Post.APPROVER}),
    ("zhang.reviewer", "张慧", {Post.REVIEWER}),
    ("zhao.head", "赵刚", {Post.APPROVER, Post.REVIEWER}),
    ("wang.notice", "王敏", {Post.NOTICE}),
    ("chen.reception", "陈静", {Post.RECEPTION}),
    ("admin", "系统管理员", {Post.ADMINISTRATOR}),
    ("auditor", "审计员", {Post.AUDITOR}),
)


def seed(job: Job) -> None:
    """Make the clerks that are not there yet, each with an authenticator of which the sign-in tells the code.
    What is there stays as it is."""
    if job.settings.environment != "development":
        return
    password = job.settings.development_password.get_secret_value()
    for account, name, posts in DEVELOPMENT_CLERKS:
        with job.unit_of_work() as uow:
            if store.find_clerk(uow, account) is None:
                facts = {"account": account, "name": name, "posts": frozenset(posts)}
                steps.make_clerk(uow, region=PROVINCE, password=password, **facts)
                steps.give_authenticator(uow, account)
