"""The plain values that page templates show: what a view fills in, and all that a template may know.

One value a page, given to its template as `page`. Texts are already in the reader's language, addresses are ready to
follow, times are aware. A control that may be refused comes with a `Verdict`, so that the page can show it disabled and
say why. States are the words of the lifecycles (`due`, `waiting` …); the tag `{% state %}` gives them colour and name.
"""

from countersign.web.values.accounts import Ability as Ability
from countersign.web.values.accounts import AccountPage as AccountPage
from countersign.web.values.accounts import AccountRow as AccountRow
from countersign.web.values.accounts import Accounts as Accounts
from countersign.web.values.accounts import Connect as Connect
from countersign.web.values.accounts import Holding as Holding
from countersign.web.values.accounts import Invite as Invite
from countersign.web.values.accounts import PendingEntry as PendingEntry
from countersign.web.values.accounts import People as People
from countersign.web.values.accounts import PersonPage as PersonPage
from countersign.web.values.accounts import PersonRow as PersonRow
from countersign.web.values.accounts import Roster as Roster
from countersign.web.values.accounts import SignerRow as SignerRow
from countersign.web.values.comments import Clause as Clause
from countersign.web.values.comments import CommentDetail as CommentDetail
from countersign.web.values.comments import CommentQueue as CommentQueue
from countersign.web.values.comments import CommentRow as CommentRow
from countersign.web.values.comments import DecisionMade as DecisionMade
from countersign.web.values.comments import Deed as Deed
from countersign.web.values.comments import ReadTo as ReadTo
from countersign.web.values.comments import Said as Said
from countersign.web.values.frame import Frame as Frame
from countersign.web.values.frame import FrameOrganisation as FrameOrganisation
from countersign.web.values.frame import FramePerson as FramePerson
from countersign.web.values.frame import NavItem as NavItem
from countersign.web.values.posts import Changes as Changes
from countersign.web.values.posts import Check as Check
from countersign.web.values.posts import Compose as Compose
from countersign.web.values.posts import ComposePicture as ComposePicture
from countersign.web.values.posts import DeliveryState as DeliveryState
from countersign.web.values.posts import Mark as Mark
from countersign.web.values.posts import Part as Part
from countersign.web.values.posts import Place as Place
from countersign.web.values.posts import PostPage as PostPage
from countersign.web.values.posts import PostRow as PostRow
from countersign.web.values.posts import Posts as Posts
from countersign.web.values.posts import Preview as Preview
from countersign.web.values.posts import Remark as Remark
from countersign.web.values.posts import Removed as Removed
from countersign.web.values.posts import Review as Review
from countersign.web.values.posts import SaidWords as SaidWords
from countersign.web.values.posts import Shown as Shown
from countersign.web.values.posts import Signature as Signature
from countersign.web.values.posts import Wording as Wording
from countersign.web.values.security import Enrol as Enrol
from countersign.web.values.security import PasskeyRow as PasskeyRow
from countersign.web.values.security import RecoveryCodes as RecoveryCodes
from countersign.web.values.security import Security as Security
from countersign.web.values.security import SessionRow as SessionRow
from countersign.web.values.security import Sessions as Sessions
from countersign.web.values.settings import Charter as Charter
from countersign.web.values.settings import Health as Health
from countersign.web.values.settings import SettingRow as SettingRow
from countersign.web.values.settings import Settings as Settings
from countersign.web.values.shared import ALLOWED as ALLOWED
from countersign.web.values.shared import Action as Action
from countersign.web.values.shared import Choice as Choice
from countersign.web.values.shared import Event as Event
from countersign.web.values.shared import Face as Face
from countersign.web.values.shared import Notice as Notice
from countersign.web.values.shared import Tab as Tab
from countersign.web.values.shared import Verdict as Verdict
from countersign.web.values.shared import Who as Who
from countersign.web.values.work import GoingOut as GoingOut
from countersign.web.values.work import Home as Home
from countersign.web.values.work import MyDraft as MyDraft
from countersign.web.values.work import Step as Step
from countersign.web.values.work import WaitingComments as WaitingComments
from countersign.web.values.work import WaitingPost as WaitingPost
